using BenchmarkDotNet.Running;
using Parley.Bench;

if (args is ["interleaved", .. var words])
{
    Interleaved.Run(words);
    return;
}

if (args is ["links", .. var what])
{
    Goodput.Run(what);
    return;
}

BenchmarkSwitcher.FromAssembly(typeof(Interleaved).Assembly).Run(args);
