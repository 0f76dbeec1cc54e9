using Parley.Dtls;
using Parley.Ice;
using Parley.Net;
using Parley.Rtp;
using Parley.Sctp;

namespace Parley.Transport.Tests;

/// <summary>Two transports whose datagrams are carried by hand, on virtual time: each takes <see cref="Delay"/>.</summary>
internal sealed class Pair
{
    public const uint LeftSsrc = 0x1111;

    private readonly DatagramBatch _batch = new();
    private readonly Queue<(Instant At, Side To, byte[] Datagram, TransportAddress From, int Length)> _inAir = new();
    private readonly Stack<byte[]> _spare = new();

    public Pair(LocalPath? left = null, LocalPath? right = null)
    {
        Left = new Side(1, Certificates.Left, left ?? PathOf("192.0.2.1:1000"), Now);
        Right = new Side(2, Certificates.Right, right ?? PathOf("192.0.2.2:2000"), Now);
    }

    public Instant Now { get; private set; } = Instant.FromNanoseconds(1_000_000_000);

    public TimeSpan Delay { get; set; } = TimeSpan.FromMilliseconds(5);

    public Side Left { get; }

    public Side Right { get; }

    /// <summary>What was put into a batch, before its headroom is taken off: by whom, and by which path.</summary>
    public Action<Side, Path, ReadOnlyMemory<byte>>? Sent { get; set; }

    /// <summary>Datagrams for which this is true vanish.</summary>
    public Func<Side, ReadOnlyMemory<byte>, bool>? Drop { get; set; }

    public static LocalPath PathOf(string address, PathKind kind = PathKind.Socket)
    {
        Assert.True(TransportAddress.TryParse(address, out var local));
        return new LocalPath(kind, local, NetworkInterfaceKind.Ethernet);
    }

    /// <summary>Two sides that have gathered, checked and shaken hands.</summary>
    public static Pair Connected(bool data = false, bool media = false, LocalPath? left = null, LocalPath? right = null)
    {
        var pair = new Pair(left, right);
        pair.Negotiate(data, media);
        pair.Expect(() => pair.Left.IsConnected && pair.Right.IsConnected);
        return pair;
    }

    /// <summary>Both sides learn of each other all that descriptions say; left is the offerer, right the DTLS client.</summary>
    public void Negotiate(bool data = false, bool media = false, DtlsCertificate? trusted = null)
    {
        var (left, right) = (Left.Plan.Local.Credentials, Right.Plan.Local.Credentials);
        Left.Apply(Left.Plan with { Gathers = true, Role = IceRole.Controlling });
        Right.Apply(Right.Plan with { Gathers = true, Role = IceRole.Controlled });
        Left.Apply(Left.Plan with
        {
            Remote = new RemotePeer(0, right, IsLite: false),
            Dtls = new DtlsPlan(0, DtlsRole.Server, (trusted ?? Right.Certificate).Fingerprints, [Left.Certificate]),
            Sctp = data ? new SctpPlan(1, 5000, 65_536) : null,
            Sections = media ? [Sending(7)] : [],
        });
        Right.Apply(Right.Plan with
        {
            Remote = new RemotePeer(0, left, IsLite: false),
            Dtls = new DtlsPlan(0, DtlsRole.Client, Left.Certificate.Fingerprints, [Right.Certificate]),
            Sctp = data ? new SctpPlan(1, 5000, 65_536) : null,
            Sections = media ? [Receiving(3)] : [],
        });
        Trickle();
    }

    /// <summary>Each side gets all candidates of the other.</summary>
    public void Trickle()
    {
        Left.Candidates.ForEach(candidate => Right.Transport.AddRemoteCandidate(candidate, Now));
        Right.Candidates.ForEach(candidate => Left.Transport.AddRemoteCandidate(candidate, Now));
    }

    public static RtpCodec Codec { get; } = new()
    {
        PayloadType = new PayloadType(96),
        Name = "VP8",
        ClockRate = 90_000,
        Feedback = RtpFeedback.Nack | RtpFeedback.Pli,
    };

    public static SectionPlan Sending(int id, uint ssrc = LeftSsrc, bool isActive = true) => new(id)
    {
        Sent = [new SentEncoding(new RtpOutboundOptions { Ssrc = new Ssrc(ssrc), Mid = "0", Codecs = [Codec] }, isActive)],
    };

    public static SectionPlan Receiving(int id) => new(id) { Received = new RtpInboundOptions { Mid = "0", Codecs = [Codec] } };

    /// <summary>The left side sends a picture.</summary>
    public bool SendPicture(byte[] picture, bool isKeyFrame = true, uint ssrc = LeftSsrc) => Left.Transport.SendFrame(
        new Ssrc(ssrc),
        new RtpFrame
        {
            PayloadType = Codec.PayloadType,
            Timestamp = new RtpTimestamp((uint)(Now.Nanoseconds * 9 / 100_000)),
            Data = picture,
            IsKeyFrame = isKeyFrame,
        },
        Now);

    /// <summary>A channel that the left side has opened and the right side knows.</summary>
    public (DataChannelHandle Left, DataChannelHandle Right) OpenChannel()
    {
        Expect(() => Left.Events.Contains(TransportEventKind.SctpConnected) && Right.Events.Contains(TransportEventKind.SctpConnected));
        var opened = Left.Transport.OpenChannel(new DataChannelParameters { Label = "c" });
        Assert.NotNull(opened);
        Expect(() => Right.Announced.Count > 0);
        return (opened.Value, Right.Announced[^1]);
    }

    /// <summary>Runs until it is so, or fails.</summary>
    public void Expect(Func<bool> condition, double seconds = 30) => Assert.True(
        RunUntil(condition, TimeSpan.FromSeconds(seconds)),
        $"left: {string.Join(", ", Left.Events)}; right: {string.Join(", ", Right.Events)}");

    public void RunFor(double seconds) => RunUntil(static () => false, TimeSpan.FromSeconds(seconds));

    private bool RunUntil(Func<bool> condition, TimeSpan patience)
    {
        var end = Now + patience;
        while (true)
        {
            Send(Left, Right);
            Send(Right, Left);
            if (condition())
            {
                return true;
            }

            Instant? next = _inAir.TryPeek(out var first) ? first.At : null;
            next = Instant.Earliest(next, Instant.Earliest(Left.Transport.Deadline, Right.Transport.Deadline));
            if (next is not { } at || at > end)
            {
                MoveTo(end);
                return false;
            }

            MoveTo(at);
            Deliver();
            Left.Transport.Advance(Now);
            Left.Read();
            Right.Transport.Advance(Now);
            Right.Read();
        }
    }

    private void MoveTo(Instant instant)
    {
        Now = instant > Now ? instant : Now;
        Left.Now = Right.Now = Now;
    }

    private void Send(Side from, Side to)
    {
        while (from.Transport.Transmit(_batch, Now, out var path) > 0)
        {
            from.Read();
            for (var i = 0; i < _batch.Count; i++)
            {
                var datagram = _batch.Buffer.AsMemory(_batch.Offset(i), _batch.Length(i));
                Sent?.Invoke(from, path, datagram);
                datagram = datagram[path.Local.Headroom..];
                if (_batch.Remote(i) == to.Path.Address && Drop?.Invoke(from, datagram) != true)
                {
                    var copy = _spare.TryPop(out var spare) ? spare : new byte[2000];
                    datagram.CopyTo(copy);
                    _inAir.Enqueue((Now + Delay, to, copy, path.Local.Address, datagram.Length));
                }
            }
        }
    }

    private void Deliver()
    {
        while (_inAir.TryPeek(out var flight) && flight.At <= Now)
        {
            _batch.Clear();
            var to = flight.To;
            while (_inAir.TryPeek(out flight) && flight.At <= Now && flight.To == to
                && _batch.TryAdd(flight.Datagram.AsSpan(0, flight.Length), flight.From))
            {
                _spare.Push(_inAir.Dequeue().Datagram);
            }

            for (var next = 0; next < _batch.Count;)
            {
                next = to.Transport.Receive(_batch, next, to.Path.Address, Now);
                to.Read();
            }
        }
    }
}
