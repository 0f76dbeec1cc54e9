namespace Parley.Net;

/// <summary>
/// A bound UDP socket that never blocks. One loop receives from it at a time; <see cref="Send"/>, with a batch of the caller's own, and
/// <see cref="IDisposable.Dispose"/> may come from other threads.
/// </summary>
public interface IDatagramSocket : IDisposable
{
    /// <summary>The address the socket is bound to, its port filled in.</summary>
    TransportAddress LocalAddress { get; }

    /// <summary>
    /// Whether what is larger than the path takes is lost instead of cut into fragments, and sizes up to the interface's can be tried,
    /// whatever the system believes of the path: what path MTU discovery (RFC 8899) needs.
    /// </summary>
    bool DontFragment => false;

    /// <summary>
    /// Adds datagrams that have arrived to the batch and returns how many; 0 when none is waiting, the batch is full, or
    /// the socket is closed. An ICMP error of an earlier send is not an error here.
    /// </summary>
    int Receive(DatagramBatch batch);

    /// <summary>
    /// Hands datagrams from <paramref name="start"/> on to the network and returns how many it took. Fewer than asked means
    /// that the send buffer is full: what was not taken may be tried again or dropped. A datagram that the network refuses
    /// (no route, too large) counts as taken: it is lost, as datagrams are.
    /// </summary>
    int Send(DatagramBatch batch, int start = 0);

    /// <summary>
    /// The length in bytes of the smallest datagram that was refused as too large for its way since the last call; 0: none was. It needs no
    /// answer from the path to be known.
    /// </summary>
    int TakeTooLarge() => 0;

    /// <summary>
    /// Asks for one call of <see cref="IWakeable.Wake"/> on <paramref name="target"/> as soon as <see cref="Receive"/> would
    /// return something (perhaps at once, from this very call). At most one request is pending; asking again while it is changes nothing.
    /// </summary>
    void NotifyWhenReadable(IWakeable target);
}
