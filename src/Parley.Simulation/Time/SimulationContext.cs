namespace Parley.Simulation;

/// <summary>Brings the continuations of awaiting user code back to the simulation's one thread, one after the other.</summary>
internal sealed class SimulationContext(Simulator simulator) : SynchronizationContext
{
    public override void Post(SendOrPostCallback d, object? state) => simulator.Enqueue(new WorkItem(d, state, InContext: true));

    public override void Send(SendOrPostCallback d, object? state)
    {
        if (!simulator.IsRunningHere)
        {
            throw new NotSupportedException("A simulation has one thread: Send works only on it.");
        }

        d(state);
    }

    public override SynchronizationContext CreateCopy() => this;
}
