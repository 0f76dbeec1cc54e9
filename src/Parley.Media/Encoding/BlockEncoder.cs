using System.Runtime.InteropServices;

namespace Parley.Media;

/// <summary>What encoders share: it converts to the codec's rate and channels, and gathers whole blocks.</summary>
internal abstract class BlockEncoder : AudioEncoder
{
    // A gap beyond this in the source's timeline is a gap in the encoded one; less is jitter of its timestamps.
    private static readonly TimeSpan GapThreshold = TimeSpan.FromMilliseconds(60);

    private readonly MediaFormat _source;
    private readonly MediaFormat _pcm;
    private readonly short[] _block;
    private readonly byte[] _packet;
    private PcmConverter _converter;
    private int _filled;
    private TimeSpan? _origin;
    private long _blocks;
    private TimeSpan _expected;

    protected BlockEncoder(MediaFormat source, MediaFormat pcm, int blockMilliseconds, int maximumPacket)
    {
        _source = source;
        _pcm = pcm;
        _converter = new PcmConverter(source, pcm);
        _block = new short[pcm.ClockRate * blockMilliseconds / 1000 * pcm.Channels];
        _packet = new byte[maximumPacket];
        BlockDuration = TimeSpan.FromMilliseconds(blockMilliseconds);
    }

    protected TimeSpan BlockDuration { get; }

    public sealed override void Encode(in MediaFrame frame, FrameHandler encoded)
    {
        ArgumentNullException.ThrowIfNull(encoded);
        if (!_source.Equals(frame.Format))
        {
            throw new ArgumentException($"The encoder takes {_source}, not {frame.Format}.", nameof(frame));
        }

        Follow(frame);
        var samples = _converter.Convert(MemoryMarshal.Cast<byte, short>(frame.Data.Span));
        while (!samples.IsEmpty)
        {
            var count = Math.Min(samples.Length, _block.Length - _filled);
            samples[..count].CopyTo(_block.AsSpan(_filled));
            samples = samples[count..];
            _filled += count;
            if (_filled == _block.Length)
            {
                _filled = 0;
                Complete(frame, encoded);
            }
        }
    }

    /// <summary>Encodes a block; 0 when nothing is to be sent for it.</summary>
    protected abstract int EncodeBlock(ReadOnlySpan<short> block, Span<byte> packet);

    private void Follow(in MediaFrame frame)
    {
        var length = TimeSpan.FromTicks(frame.Data.Length / sizeof(short) / _source.Channels * TimeSpan.TicksPerSecond / _source.ClockRate);
        if (_origin is null || (frame.Timestamp - _expected).Duration() > GapThreshold)
        {
            if (_origin is not null)
            {
                _converter = new PcmConverter(_source, _pcm);
            }

            _origin = frame.Timestamp;
            _blocks = 0;
            _filled = 0;
            _expected = frame.Timestamp;
        }

        _expected += length;
    }

    private void Complete(in MediaFrame frame, FrameHandler encoded)
    {
        var length = EncodeBlock(_block, _packet);
        var timestamp = _origin!.Value + BlockDuration * _blocks++;
        if (length > 0)
        {
            encoded(new MediaFrame
            {
                Format = Format,
                Data = _packet.AsMemory(0, length),
                Timestamp = timestamp,
                Duration = BlockDuration,
                IsKeyFrame = true,
                CapturedAt = frame.CapturedAt,
                At = frame.At,
                FollowsLoss = frame.FollowsLoss,
            });
        }
    }
}
