using System.Buffers;
using Parley.Media;
using Parley.Net;
using Parley.Rtp;

namespace Parley;

/// <summary>A frame on its way from a track to the loop. Lent by its encoding's <see cref="OutgoingFramePool"/> and used again.</summary>
internal sealed class OutgoingFrame(EncodingFlow flow)
{
    /// <summary>The largest array that a frame keeps for the next one: a packet's worth. Larger ones are rented.</summary>
    private const int MaxKept = 2048;
    private byte[] _buffer = [];

    /// <summary>The encoding it goes out through.</summary>
    public EncodingFlow Flow { get; } = flow;

    /// <summary>How many bytes the encoded frame has.</summary>
    public int Length { get; private set; }

    /// <summary>The encoded bytes.</summary>
    public ReadOnlySpan<byte> Data => _buffer.AsSpan(0, Length);

    /// <summary>How the bytes are encoded.</summary>
    public MediaFormat? Format { get; set; }

    /// <summary>The payload type negotiated for its format.</summary>
    public int PayloadType { get; set; }

    /// <summary>The media clock, without the stream's random offset.</summary>
    public uint RtpTimestamp { get; set; }

    /// <summary>Whether decoding can begin with it.</summary>
    public bool IsKeyFrame { get; set; }

    /// <summary>When it was captured or made.</summary>
    public Instant CapturedAt { get; set; }

    /// <summary>The sound's level in -dBov; null when not known.</summary>
    public byte? AudioLevel { get; set; }

    /// <summary>Whether a voice is heard.</summary>
    public bool VoiceActivity { get; set; }

    /// <summary>How the picture must be turned; null when not known.</summary>
    public VideoOrientation? Orientation { get; set; }

    /// <summary>What was mixed into it; a copy of its own.</summary>
    public RtpContributor[]? Contributors { get; set; }

    /// <summary>Takes a copy of the encoded bytes.</summary>
    public void Fill(ReadOnlySpan<byte> data)
    {
        if (_buffer.Length < data.Length)
        {
            _buffer = data.Length <= MaxKept ? GC.AllocateUninitializedArray<byte>(MaxKept) : ArrayPool<byte>.Shared.Rent(data.Length);
        }

        data.CopyTo(_buffer);
        Length = data.Length;
    }

    /// <summary>Lets go of what is too large to keep.</summary>
    public void Clear()
    {
        Contributors = null;
        Length = 0;
        if (_buffer.Length > MaxKept)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = [];
        }
    }
}
