using Parley.Signaling;

namespace Parley.Cli.Bench;

/// <summary>Both sides in one process.</summary>
internal sealed class InProcessLink(Workload workload) : BenchLink
{
    private readonly List<Task> _serving = [];

    public override int EndsHere => 2;

    public override (ISignalingChannel Channel, IDisposable End) Open()
    {
        (MemorySignalingChannel here, MemorySignalingChannel there) = MemorySignalingChannel.CreatePair();
        Task serving = workload.ServeAsync(there);
        _serving.RemoveAll(each => each.IsCompleted);
        _serving.Add(serving);
        return (here, new Ending(here));
    }

    public override async ValueTask DisposeAsync() => await Task.WhenAll(_serving);

    private sealed class Ending(MemorySignalingChannel channel) : IDisposable
    {
        public void Dispose() => channel.Close();
    }
}
