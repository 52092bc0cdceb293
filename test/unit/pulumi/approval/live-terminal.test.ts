import { liveSize } from "../../../../components/pulumi/approval/live-terminal";

/** What `stty -a` prints under Linux for a terminal with the engine's live display. */
const linux = `speed 38400 baud; rows 24; columns 80; line = 0;
intr = ^C; quit = ^\\; erase = ^?; kill = ^U; eof = ^D; eol = <undef>; min = 1; time = 0;
-parenb -parodd -cmspar cs8 -hupcl -cstopb cread -clocal -crtscts
-ignbrk -brkint -ignpar -parmrk -inpck -istrip -inlcr -igncr -icrnl -ixon -ixoff -iuclc -ixany -imaxbel -iutf8
-opost -olcuc -ocrnl onlcr -onocr -onlret -ofill -ofdel nl0 cr0 tab0 bs0 vt0 ff0
-isig -icanon -iexten -echo echoe echok -echonl -noflsh -xcase -tostop -echoprt echoctl echoke -flusho -extproc
`;

/** The same under macOS. */
const macos = `speed 9600 baud; 40 rows; 120 columns;
lflags: -icanon -isig -iexten -echo echoe -echok echoke -echonl echoctl
	-echoprt -altwerase -noflsh -tostop -flusho pendin -nokerninfo
	-extproc
iflags: -istrip -icrnl -inlcr -igncr -ixon -ixoff ixany imaxbel iutf8
`;

describe("liveSize", () => {
  it.each([
    [linux, { rows: 24, columns: 80 }],
    [macos, { rows: 40, columns: 120 }],
  ])("reads the size of a terminal that reads single keys", (settings, size) => {
    expect(liveSize(settings)).toEqual(size);
  });

  it.each([
    ["handles lines itself", (settings: string): string => settings.replace("-icanon", "icanon")],
    ["turns Ctrl-C into a signal itself", (settings: string): string => settings.replace("-isig", "isig")],
    ["stops background processes that write", (settings: string): string => settings.replace("-tostop", "tostop")],
    ["has no rows", (settings: string): string => settings.replace(/rows \d+|\d+ rows/, "")],
    ["has no columns", (settings: string): string => settings.replace(/columns \d+|\d+ columns/, "")],
    ["cannot be asked", (): string => ""],
  ])("is undefined where the terminal %s", (_, change) => {
    expect(liveSize(change(linux))).toBeUndefined();
    expect(liveSize(change(macos))).toBeUndefined();
  });
});
