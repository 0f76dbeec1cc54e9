namespace Parley.Simulation;

/// <summary>Work to be done at the present instant.</summary>
/// <param name="Work">An <see cref="IThreadPoolWorkItem"/>, an <see cref="Action"/> or a <see cref="SendOrPostCallback"/>.</param>
/// <param name="State">What the callback is called with.</param>
/// <param name="InContext">Whether it is user code, which runs with the simulation's synchronization context.</param>
internal readonly record struct WorkItem(object Work, object? State, bool InContext)
{
    internal void Execute()
    {
        switch (Work)
        {
            case IThreadPoolWorkItem item:
                item.Execute();
                break;
            case Action action:
                action();
                break;
            default:
                ((SendOrPostCallback)Work)(State);
                break;
        }
    }
}
