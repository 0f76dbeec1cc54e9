@echo off
rem Builds the command line when its sources changed, and runs it. Works from any directory.
setlocal
set "DOTNET_NOLOGO=1"
set "DOTNET_CLI_TELEMETRY_OPTOUT=1"
where dotnet >nul 2>nul
if errorlevel 1 (
  echo parley: the .NET 10 SDK is needed: https://dot.net/download 1>&2
  exit /b 127
)
set "log=%TEMP%\parley-build-%RANDOM%.log"
dotnet build "%~dp0src\Parley.Cli\Parley.Cli.csproj" -c Release -v quiet --nologo >"%log%" 2>&1
if errorlevel 1 (
  type "%log%" 1>&2
  del "%log%"
  exit /b 1
)
del "%log%"
dotnet "%~dp0src\Parley.Cli\bin\Release\net10.0\Parley.Cli.dll" %*
exit /b %ERRORLEVEL%
