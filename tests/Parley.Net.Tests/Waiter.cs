namespace Parley.Net.Tests;

/// <summary>Lets a test wait for a socket's wake-up, by the event and not by time; the bound only ends a test that has failed.</summary>
internal sealed class Waiter : IWakeable
{
    private readonly SemaphoreSlim _wakes = new(0);

    public int Count { get; private set; }

    public void Wake()
    {
        Count++;
        _wakes.Release();
    }

    public void Wait() => Assert.True(_wakes.Wait(Patience.Limit), "not woken");

    /// <summary>Receives until this many datagrams have come.</summary>
    public void ReceiveAll(IDatagramSocket socket, DatagramBatch batch, int count)
    {
        while (batch.Count < count)
        {
            if (socket.Receive(batch) == 0)
            {
                socket.NotifyWhenReadable(this);
                Wait();
            }
        }
    }
}
