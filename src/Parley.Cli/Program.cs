using System.CommandLine;
using Parley.Cli;
using Parley.Cli.Commands;

using var interrupt = new Interrupt();
var root = new RootCommand("Parley: calls between browsers and .NET programs.")
{
    ServeCommand.Create(),
    DemoCommand.Create(),
    CallCommand.Create(),
    BenchCommand.Create(),
};

// Signals are heard from the first line on, not only while a command runs.
return await Usage.RunAsync(root, args, new InvocationConfiguration { ProcessTerminationTimeout = null }, interrupt.Token);
