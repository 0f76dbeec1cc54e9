namespace Parley.Media;

/// <summary>Encodes Opus by the system's libopus. Not safe for concurrent use.</summary>
internal sealed class OpusEncoder : BlockEncoder
{
    // RFC 6716 §3.4 R2: a frame has at most 1,275 bytes; up to three of them make 60 ms, behind a few bytes of header.
    private const int MaximumPacket = 4_000;

    // libopus: "If the return value is 2 bytes or less, then the packet does not need to be transmitted (DTX)."
    private const int NothingToSend = 2;

    private readonly OpusEncoderHandle _encoder;
    private readonly OpusEncoderOptions _options;
    private readonly int _channels;

    public OpusEncoder(MediaFormat source, OpusEncoderOptions options)
        : base(source, PcmFor(source, options), options.FrameMilliseconds, MaximumPacket)
    {
        OpusLibrary.Require();
        _options = options;
        var pcm = PcmFor(source, options);
        _channels = pcm.Channels;
        _encoder = OpusLibrary.CreateEncoder(pcm.ClockRate, pcm.Channels, (int)options.Application, out var error);
        OpusLibrary.Check(error);
        if (options.Bitrate is { } bitrate)
        {
            OpusLibrary.Set(_encoder, OpusLibrary.SetBitrate, bitrate);
        }

        if (options.Complexity is { } complexity)
        {
            OpusLibrary.Set(_encoder, OpusLibrary.SetComplexity, complexity);
        }

        OpusLibrary.Set(_encoder, OpusLibrary.SetDtx, options.UseDtx ? 1 : 0);
        OpusLibrary.Set(_encoder, OpusLibrary.SetInbandFec, options.UseForwardErrorCorrection ? 1 : 0);
        OpusLibrary.Set(_encoder, OpusLibrary.SetPacketLossPercentage, options.ExpectedLoss);
    }

    public override MediaFormat Format => MediaFormat.Opus;

    public override void Dispose() => _encoder.Dispose();

    protected override int EncodeBlock(ReadOnlySpan<short> block, Span<byte> packet)
    {
        var length = OpusLibrary.Check(OpusLibrary.Encode(_encoder, block, block.Length / _channels, packet, packet.Length));
        return _options.UseDtx && length <= NothingToSend ? 0 : length;
    }

    // libopus takes 8, 12, 16, 24 and 48 kHz; any other rate is resampled to the highest.
    private static MediaFormat PcmFor(MediaFormat source, OpusEncoderOptions options) =>
        MediaFormat.Pcm(
            source.ClockRate is 8_000 or 12_000 or 16_000 or 24_000 or 48_000 ? source.ClockRate : 48_000,
            options.Channels ?? Math.Min(2, source.Channels));
}
