@echo off
where node >nul 2>nul || (echo pulumi-resource-kubernetes-user needs Node.js 22.19 or newer on PATH. Install it from https://nodejs.org, and run pulumi again. 1>&2 & exit /b 127)
node "%~dp0start.cjs" %*
