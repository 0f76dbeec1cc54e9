using Microsoft.Extensions.Logging;
using Parley.Net;

namespace Parley;

/// <summary>
/// One socket of a shared port and the loop that empties it: a batch to a turn, each datagram into the inbox of the transport that it is
/// for. Turns never overlap: the next one is asked for at the end of one, by itself or by the socket.
/// </summary>
internal sealed class PortLane(IDatagramSocket socket, int addressIndex, PortTable table, IScheduler scheduler, ILogger logger)
    : IWakeable, IThreadPoolWorkItem, IDisposable
{
    private volatile bool _closed;

    public void Start() => socket.NotifyWhenReadable(this);

    public void Wake() => scheduler.Schedule(this);

    void IWakeable.WakeHere() => RunTurn();

    /// <summary>Sends for a transport, on its loop's thread.</summary>
    public int Send(DatagramBatch batch, int start) => socket.Send(batch, start);

    public void Dispose()
    {
        _closed = true;
        socket.Dispose();
    }

    void IThreadPoolWorkItem.Execute() => RunTurn();

    private void RunTurn()
    {
        if (_closed)
        {
            return;
        }

        var more = false;
        var batch = DatagramBatchPool.Rent();
        try
        {
            table.CountReceived(socket.Receive(batch));
            more = !batch.HasRoomForRun;
            Deliver(batch);
        }
        catch (Exception error)
        {
            LoopFaults.Add();
            ConnectionLog.PortFailed(logger, error);
        }
        finally
        {
            DatagramBatchPool.Return(batch);
        }

        if (more)
        {
            scheduler.Schedule(this);
        }
        else
        {
            socket.NotifyWhenReadable(this);
        }
    }

    private void Deliver(DatagramBatch batch)
    {
        for (var i = 0; i < batch.Count; i++)
        {
            // The port belongs to many connections: a datagram that fails takes no other with it.
            try
            {
                var datagram = batch.Datagram(i);
                table.Find(datagram, batch.Remote(i))?.Deliver(addressIndex, datagram, batch.Remote(i), batch.Ecn(i), batch.ArrivedAt(i));
            }
            catch (Exception error)
            {
                LoopFaults.Add();
                ConnectionLog.PortFailed(logger, error);
            }
        }
    }
}
