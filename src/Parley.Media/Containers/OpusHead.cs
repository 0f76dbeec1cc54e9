using System.Buffers.Binary;

namespace Parley.Media;

/// <summary>The identification header of Opus in Ogg (RFC 7845 §5.1).</summary>
public sealed record OpusHead
{
    /// <summary>Channels, 1 to 255.</summary>
    public byte Channels { get; init; } = 2;

    /// <summary>Samples at 48 kHz to drop from the beginning of the decoded sound.</summary>
    public ushort PreSkip { get; init; } = 312;

    /// <summary>The sampling rate before encoding, in Hz: for information; Opus decodes at 48 kHz.</summary>
    public uint InputSampleRate { get; init; } = 48_000;

    /// <summary>Gain to apply when decoding, in dB times 256.</summary>
    public short OutputGain { get; init; }

    /// <summary>The channel mapping family; 0 for mono and stereo.</summary>
    public byte MappingFamily { get; init; }

    /// <summary>Reads the header; false when this is none of a version that can be read.</summary>
    public static bool TryParse(ReadOnlySpan<byte> packet, out OpusHead? head)
    {
        head = null;

        // RFC 7845 §5.1: versions with the high four bits zero are compatible.
        if (packet.Length < 19 || !packet.StartsWith("OpusHead"u8) || (packet[8] & 0xF0) != 0 || packet[9] == 0)
        {
            return false;
        }

        head = new OpusHead
        {
            Channels = packet[9],
            PreSkip = BinaryPrimitives.ReadUInt16LittleEndian(packet[10..]),
            InputSampleRate = BinaryPrimitives.ReadUInt32LittleEndian(packet[12..]),
            OutputGain = BinaryPrimitives.ReadInt16LittleEndian(packet[16..]),
            MappingFamily = packet[18],
        };
        return true;
    }

    /// <summary>The header's bytes.</summary>
    /// <exception cref="NotSupportedException">The mapping family is not 0, or there are more than two channels.</exception>
    public byte[] ToBytes()
    {
        if (MappingFamily != 0 || Channels is 0 or > 2)
        {
            throw new NotSupportedException("Only mono and stereo are written.");
        }

        var bytes = new byte[19];
        "OpusHead"u8.CopyTo(bytes);
        bytes[8] = 1;
        bytes[9] = Channels;
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(10), PreSkip);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(12), InputSampleRate);
        BinaryPrimitives.WriteInt16LittleEndian(bytes.AsSpan(16), OutputGain);
        return bytes;
    }
}
