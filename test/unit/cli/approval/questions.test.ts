import { PassThrough } from "node:stream";
import { setImmediate } from "node:timers/promises";
import { Questions } from "../../../../cli/approval/questions";
import { CommandContext } from "../../../../cli/command-context";

const choices = ["approve", "deny", "skip"] as const;

describe("Questions", () => {
  let keyboard: PassThrough;
  let questions: Questions;
  /** Resolves with the next question that is shown. */
  let shown: () => Promise<string>;

  beforeEach(() => {
    let show: (text: string) => void = () => undefined;
    jest.spyOn(process.stderr, "write").mockImplementation((text) => {
      show(String(text));
      return true;
    });
    shown = () =>
      new Promise((resolve) => {
        show = resolve;
      });
    keyboard = new PassThrough();
    questions = new Questions(new CommandContext(new AbortController().signal), keyboard);
  });

  afterEach(() => {
    questions[Symbol.dispose]();
    jest.restoreAllMocks();
  });

  it("takes answers by letter or in full, and asks again after others", async () => {
    const question = shown();
    const answer = questions.ask("jane:", choices);
    expect(await question).toBe("jane: [a]pprove, [d]eny, [s]kip: ");
    keyboard.write("maybe\nDeny\n");
    expect(await answer).toBe("deny");
  });

  it("drops what was typed before a question was shown", async () => {
    keyboard.write("a\na\n");
    await setImmediate();
    const first = shown();
    const firstAnswer = questions.ask("first:", choices);
    await first;
    keyboard.write("skip\na\n");
    expect(await firstAnswer).toBe("skip");
    const second = shown();
    const secondAnswer = questions.ask("second:", choices);
    // The terminal hands this on after the question was put, but it was typed before it was shown.
    keyboard.write("a\n");
    expect(await second).toContain("second:");
    keyboard.write("d\n");
    expect(await secondAnswer).toBe("deny");
  });

  it("has no answer to any question after the end of what is typed", async () => {
    const question = shown();
    const answer = questions.ask("first:", choices);
    await question;
    keyboard.end();
    expect(await answer).toBeUndefined();
    expect(await questions.ask("second:", choices)).toBeUndefined();
  });
});
