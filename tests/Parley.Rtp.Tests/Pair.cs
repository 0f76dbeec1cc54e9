using Parley.Net;

namespace Parley.Rtp.Tests;

/// <summary>Two peers and the links between them, driven on virtual time from event to event.</summary>
internal sealed class Pair
{
    private readonly byte[] _buffer = new byte[1500];

    public Pair(ulong seed = 1, RtpSessionOptions? options = null)
    {
        A = new Peer("a@parley", seed * 4 + 1, options);
        B = new Peer("b@parley", seed * 4 + 2, options);
        AtoB = new Link(seed * 4 + 3);
        BtoA = new Link(seed * 4 + 4);
    }

    public Peer A { get; }

    public Peer B { get; }

    public Link AtoB { get; }

    public Link BtoA { get; }

    public Instant Now { get; private set; } = Instant.Zero + TimeSpan.FromSeconds(10);

    /// <summary>Lets this much time pass.</summary>
    public void Run(TimeSpan time)
    {
        var end = Now + time;
        Settle();
        while (true)
        {
            var next = Instant.Earliest(Instant.Earliest(A.Session.Deadline, B.Session.Deadline), Instant.Earliest(AtoB.Next, BtoA.Next));
            if (next is not { } at || at > end)
            {
                break;
            }

            Assert.True(++_turns < 2_000_000, "time stands still");
            Now = at > Now ? at : Now;
            Settle();
        }

        Now = end;
        Settle();
    }

    private int _turns;

    private void Settle()
    {
        while (BtoA.TryReceive(Now, out var packet))
        {
            A.Session.Receive(packet, Now);
        }

        while (AtoB.TryReceive(Now, out var packet))
        {
            B.Session.Receive(packet, Now);
        }

        Flush(A, AtoB);
        Flush(B, BtoA);
    }

    private void Flush(Peer peer, Link link)
    {
        peer.Session.Advance(Now);
        peer.Read();
        int length;
        while ((length = peer.Session.Transmit(_buffer, Now)) > 0)
        {
            link.Send(_buffer.AsSpan(0, length), Now);
        }

        peer.Read();
        Assert.False(peer.Session.Deadline <= Now && peer.Session.Transmit(_buffer, Now) > 0, "Transmit had ended");
    }
}
