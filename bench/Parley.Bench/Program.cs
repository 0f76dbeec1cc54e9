using BenchmarkDotNet.Running;
using Parley.Bench;

if (args is ["interleaved"])
{
    Interleaved.Run();
    return;
}

BenchmarkSwitcher.FromAssembly(typeof(Interleaved).Assembly).Run(args);
