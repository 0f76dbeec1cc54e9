namespace Parley.Simulation;

/// <summary>
/// A timer on virtual time. Its callback runs on the simulation's thread without a synchronization context, as a real timer's does.
/// </summary>
internal sealed class VirtualTimer(Simulator simulator, TimerCallback callback, object? state) : AgendaItem, ITimer
{
    private long _period;
    private bool _disposed;

    public bool Change(TimeSpan dueTime, TimeSpan period)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(dueTime, Timeout.InfiniteTimeSpan);
        ArgumentOutOfRangeException.ThrowIfLessThan(period, Timeout.InfiniteTimeSpan);
        if (_disposed)
        {
            return false;
        }

        _period = period > TimeSpan.Zero ? period.Ticks * 100 : 0;
        if (dueTime < TimeSpan.Zero)
        {
            simulator.Withdraw(this);
        }
        else
        {
            simulator.Arrange(this, dueTime.Ticks * 100);
        }

        return true;
    }

    public void Dispose()
    {
        _disposed = true;
        simulator.Withdraw(this);
    }

    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }

    internal override void Happen()
    {
        if (_period > 0)
        {
            simulator.Arrange(this, _period);
        }

        callback(state);
    }
}
