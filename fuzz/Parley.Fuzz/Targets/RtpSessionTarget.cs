using Microsoft.Extensions.Logging.Abstractions;
using Parley.Net;
using Parley.Rtp;

namespace Parley.Fuzz.Targets;

/// <summary>A session that sends and receives: RTP with headers that it routes, RTCP, time.</summary>
internal sealed class RtpSessionTarget : FuzzTarget
{
    public override string Name => "rtp-session";

    public override IEnumerable<byte[]> Seeds() =>
    [
        [0, 0, 1, 0, 0, 5, 0x10, 0, 0x9D, 1, 0x2A, 2, 10, 0, 1, 1, 0, 0, 5, 0x10, 1, 2, 3, 4],
        [1, 12, 0x81, 205, 0, 3, 0, 0, 0, 5, 0, 0, 0, 6, 0, 1, 3, 200, 4, 20, 1, 2, 3],
        [0, 0, 9, 2, 0, 3, 1, 2, 3, 0, 0, 3, 2, 0, 3, 1, 2, 3, 2, 255, 2, 255],
    ];

    public override void Run(ReadOnlySpan<byte> input)
    {
        var session = Session();
        var now = Instant.FromNanoseconds(1_000_000_000);
        var buffer = new byte[2048];
        var reader = new InputReader(input);
        while (!reader.IsAtEnd)
        {
            switch (reader.Byte() % 4)
            {
                case 0:
                    session.Receive(Packet(ref reader), now);
                    break;
                case 1:
                    session.Receive(reader.Short().ToArray(), now);
                    break;
                case 2:
                    now += TimeSpan.FromMilliseconds(reader.Byte());
                    session.Advance(now);
                    break;
                default:
                    Send(session, reader.Short(), now);
                    break;
            }

            while (session.Transmit(buffer, now) > 0)
            {
            }

            while (session.TryRead(out _))
            {
            }
        }
    }

    private static void Send(RtpSession session, ReadOnlySpan<byte> data, Instant now) => session.Outbounds[0].Send(
        new RtpFrame
        {
            PayloadType = new PayloadType(96),
            Data = data,
            Timestamp = new RtpTimestamp((uint)(now.Nanoseconds / 11_111)),
            IsKeyFrame = data.Length % 2 == 0,
        },
        now);

    private static byte[] Packet(ref InputReader reader)
    {
        var sequence = reader.UInt16();
        var source = reader.Byte();
        var payload = reader.Long();
        return
        [
            0x80, (byte)(96 + source % 6 | source & 0x80), (byte)(sequence >> 8), (byte)sequence, 0, 0, (byte)(sequence >> 2), 9, 0, 0, 0,
            (byte)(source >> 3), .. payload,
        ];
    }

    private static RtpSession Session()
    {
        var session = new RtpSession(
            new RtpSessionOptions { CanonicalName = "c", NtpTimeAtZero = default }, RandomSource.Seeded(1), NullLogger.Instance);
        Parley.Rtp.RtpCodec[] codecs =
            [.. new[] { "VP8", "VP9", "AV1", "H264", "opus", "red" }.Select((name, index) => new Parley.Rtp.RtpCodec
        {
            PayloadType = new PayloadType((byte)(96 + index)),
            Name = name,
            ClockRate = index < 4 ? 90_000 : 48_000,
            Feedback = RtpFeedback.Nack | RtpFeedback.Pli | RtpFeedback.Fir,
        })];
        session.AddInbound(new RtpInboundOptions { Codecs = codecs });
        session.AddOutbound(new RtpOutboundOptions { Codecs = codecs, Ssrc = new Ssrc(6) });
        return session;
    }
}
