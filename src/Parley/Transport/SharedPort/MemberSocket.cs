using Parley.Net;

namespace Parley;

/// <summary>A shared port's address as one transport sees it: a socket of its own.</summary>
internal sealed class MemberSocket(SharedAddress address, PortLane lane, int maxWaitingBytes) : IDatagramSocket
{
    private readonly PortInbox _inbox = new(maxWaitingBytes);

    public TransportAddress LocalAddress => address.Local;

    public NetworkInterfaceKind InterfaceKind => address.Kind;

    public bool DontFragment => address.DontFragment;

    public int Receive(DatagramBatch batch) => _inbox.MoveTo(batch);

    public int Send(DatagramBatch batch, int start = 0) => lane.Send(batch, start);

    public void NotifyWhenReadable(IWakeable target) => _inbox.NotifyWhenReadable(target);

    public void Dispose() => _inbox.Close();

    /// <summary>Hands a datagram over from the port's loop; false: it does not fit and is lost.</summary>
    public bool Deliver(ReadOnlySpan<byte> datagram, TransportAddress remote, byte ecn, Instant arrivedAt) =>
        _inbox.TryAdd(datagram, remote, ecn, arrivedAt);
}
