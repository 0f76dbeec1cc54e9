using BenchmarkDotNet.Running;
using Parley.Bench;

if (args is ["interleaved"])
{
    Interleaved.Run();
    return;
}

if (args is ["links", .. var what])
{
    Goodput.Run(what);
    return;
}

BenchmarkSwitcher.FromAssembly(typeof(Interleaved).Assembly).Run(args);
