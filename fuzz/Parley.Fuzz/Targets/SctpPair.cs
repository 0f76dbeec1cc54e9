using Microsoft.Extensions.Logging.Abstractions;
using Parley.Net;
using Parley.Sctp;

namespace Parley.Fuzz.Targets;

/// <summary>Two associations that are established, without a network between them.</summary>
internal sealed class SctpPair
{
    private const int MostPackets = 10_000;
    private readonly byte[] _buffer = new byte[65_536];

    public SctpPair(bool interleaving)
    {
        var options = new SctpOptions { Interleaving = interleaving, Streams = 1024, ReceiveBufferSize = 2 * 1024 * 1024 };
        Peer = new SctpAssociation(options with { InitialTsn = 1000 }, RandomSource.Seeded(1), NullLogger.Instance);
        Victim = new SctpAssociation(options with { InitialTsn = 2000 }, RandomSource.Seeded(2), NullLogger.Instance);
        Channels = new DataChannelSession(Victim, NullLogger.Instance);
        Channels.SetRole(isDtlsClient: true);
        Peer.Connect(Now);
        Victim.Connect(Now);
        while (Move(Peer, Victim, null) | Move(Victim, Peer, null))
        {
        }
    }

    public SctpAssociation Peer { get; }

    public SctpAssociation Victim { get; }

    public DataChannelSession Channels { get; }

    public Instant Now { get; private set; } = Instant.FromNanoseconds(1_000_000_000);

    /// <summary>The packets of a handshake, an opened channel, a message, and its closing.</summary>
    public static List<byte[]> Record()
    {
        var seen = new List<byte[]>();
        foreach (var interleaving in (bool[])[false, true])
        {
            var pair = new SctpPair(interleaving);
            var again = new SctpAssociation(new SctpOptions { Interleaving = interleaving }, RandomSource.Seeded(3), NullLogger.Instance);
            again.Connect(pair.Now);
            pair.Move(again, pair.Peer, seen);
            pair.Move(pair.Peer, again, seen);
            var channel = pair.Channels.Open(new DataChannelParameters { Label = "l", Ordered = false, MaxRetransmits = 0 });
            pair.Drain();
            pair.Channels.Send(channel, true, new byte[3000], pair.Now);
            pair.Move(pair.Victim, pair.Peer, seen);
            pair.Move(pair.Peer, pair.Victim, seen);
            pair.Channels.Close(channel);
            pair.Move(pair.Victim, pair.Peer, seen);
            pair.Move(pair.Peer, pair.Victim, seen);
        }

        return seen;
    }

    public void Pass(TimeSpan duration)
    {
        Now += duration;
        Victim.Advance(Now);
    }

    public void Drain()
    {
        while (Channels.TryRead(out _))
        {
        }
    }

    /// <summary>What the victim sends goes nowhere.</summary>
    public void Discard()
    {
        for (var count = 0; Victim.Transmit(_buffer, Now) > 0; count++)
        {
            if (count > MostPackets)
            {
                throw new InvalidDataException("Transmits without end.");
            }
        }
    }

    private bool Move(SctpAssociation from, SctpAssociation to, List<byte[]>? seen)
    {
        var moved = false;
        while (from.Transmit(_buffer, Now) is var length and > 0)
        {
            moved = true;
            seen?.Add(_buffer.AsSpan(0, length).ToArray());
            to.Receive(_buffer.AsSpan(0, length), Now);
        }

        if (from == Victim)
        {
            Drain();
        }

        return moved;
    }
}
