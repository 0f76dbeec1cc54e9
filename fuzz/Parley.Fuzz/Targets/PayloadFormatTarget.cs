using Parley.Rtp;

namespace Parley.Fuzz.Targets;

/// <summary>Each payload format: the first byte names the codec, then payloads with their lengths in front.</summary>
internal sealed class PayloadFormatTarget : FuzzTarget
{
    private const int Limit = 256 * 1024;
    private static readonly string[] Codecs = ["VP8", "VP9", "AV1", "H264", "opus"];

    public override string Name => "payload-formats";

    public override IEnumerable<byte[]> Seeds() =>
    [
        [0, 0, 14, 0x90, 0x80, 0x80, 1, 0x10, 2, 0, 0x9D, 1, 0x2A, 64, 1, 0xF0, 0],
        [1, 0, 12, 0x8A, 0x81, 0x23, 0x38, 0x01, 0x40, 0, 0xF0, 0x49, 0x83, 0x42, 0],
        [2, 0, 9, 0x18, 2, 0x12, 0, 0x0A, 0x0B, 0, 0, 0],
        [3, 0, 5, 0x65, 0x88, 0x84, 0, 1],
        [3, 0, 12, 0x78, 0, 3, 0x67, 0x42, 0xE0, 0, 2, 0x68, 0xCE, 0, 1],
        [3, 0, 4, 0x7C, 0x85, 1, 2, 0, 4, 0x7C, 0x45, 3, 4],
        [4, 0, 3, 0xFC, 1, 2],
    ];

    public override void Run(ReadOnlySpan<byte> input)
    {
        var reader = new InputReader(input);
        var codec =
            new Parley.Rtp.RtpCodec { PayloadType = new PayloadType(96), Name = Codecs[reader.Byte() % Codecs.Length], ClockRate = 90_000 };
        var depacketizer = Depacketizer.For(codec);
        var frame = new FrameBuffer();
        while (!reader.IsAtEnd)
        {
            var payload = reader.Long();
            depacketizer.StartsFrame(payload);
            depacketizer.EndsFrame(payload);
            if (!depacketizer.TryAdd(payload, frame, Limit))
            {
                frame.Clear();
            }
        }

        if (frame.Length > Limit)
        {
            throw new InvalidDataException("A frame beyond its limit.");
        }

        depacketizer.IsWhole(frame.Span);
        depacketizer.IsKeyFrame(frame.Span, out _, out _);
        H264SequenceParameterSet.TryReadSize(input, out _, out _);
        Av1TemporalUnit.IsKeyFrame(input, out _, out _);
    }
}
