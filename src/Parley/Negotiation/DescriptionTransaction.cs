namespace Parley;

/// <summary>
/// All or nothing: what a description changes is undone when applying it fails half-way, whatever fails. Made with the connection's gate
/// held, which is not given back before
/// <see cref="Commit"/> or <see cref="RollBack"/>. What goes to transports and to the queue waits for them.
/// </summary>
internal sealed class DescriptionTransaction
{
    private readonly PeerConnection _connection;
    private readonly Action _undo;

    public DescriptionTransaction(PeerConnection connection)
    {
        _connection = connection;
        _undo = connection.SaveDescriptionState();
        connection.HoldOrders();
        connection.Queue.HoldTasks();
    }

    public void Commit()
    {
        _connection.ReleaseOrders(run: true);
        _connection.Queue.ReleaseTasks(run: true);
    }

    public void RollBack()
    {
        _undo();
        _connection.ReleaseOrders(run: false);
        _connection.Queue.ReleaseTasks(run: false);
    }
}
