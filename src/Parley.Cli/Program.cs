using System.CommandLine;
using Parley.Cli.Commands;

var root = new RootCommand("Parley: calls between browsers and .NET programs.")
{
    ServeCommand.Create(),
};
return await root.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromSeconds(5) });
