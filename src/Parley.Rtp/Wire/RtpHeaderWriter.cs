using System.Buffers.Binary;

namespace Parley.Rtp;

/// <summary>
/// Writes an RTP header (RFC 3550 §5.1) into a span: begin, add contributing sources, then extension elements, finish, then
/// the payload follows at <see cref="Length"/>. The caller sizes the span; writing past its end throws.
/// </summary>
public ref struct RtpHeaderWriter
{
    private readonly Span<byte> _packet;
    private int _extensionStart;
    private bool _twoByte;

    /// <summary>Begins a packet.</summary>
    /// <param name="packet">Where the packet goes.</param>
    /// <param name="payloadType">What the payload is.</param>
    /// <param name="marker">The marker bit.</param>
    /// <param name="sequenceNumber">The packet's number.</param>
    /// <param name="timestamp">When the payload was sampled.</param>
    /// <param name="ssrc">The stream.</param>
    /// <exception cref="ArgumentOutOfRangeException">The span is shorter than 12 bytes.</exception>
    public RtpHeaderWriter(
        Span<byte> packet, PayloadType payloadType, bool marker, SequenceNumber sequenceNumber, RtpTimestamp timestamp, Ssrc ssrc)
    {
        _packet = packet;
        packet[0] = 0x80;
        packet[1] = (byte)((marker ? 0x80 : 0) | (payloadType.Value & 0x7F));
        BinaryPrimitives.WriteUInt16BigEndian(packet[2..], sequenceNumber.Value);
        BinaryPrimitives.WriteUInt32BigEndian(packet[4..], timestamp.Value);
        BinaryPrimitives.WriteUInt32BigEndian(packet[8..], ssrc.Value);
        Length = RtpPacketView.FixedHeaderLength;
    }

    /// <summary>Bytes written so far.</summary>
    public int Length { get; private set; }

    /// <summary>Adds a contributing source; at most 15, and before any extension.</summary>
    /// <exception cref="InvalidOperationException">There are 15 already, or the extension has begun.</exception>
    public void AddContributingSource(Ssrc source)
    {
        if ((_packet[0] & 0x0F) == 15 || _extensionStart != 0)
        {
            throw new InvalidOperationException("A packet names at most 15 contributing sources, before its extension.");
        }

        _packet[0]++;
        BinaryPrimitives.WriteUInt32BigEndian(_packet[Length..], source.Value);
        Length += 4;
    }

    /// <summary>Begins the header extension. Ids above 14, empty elements and elements over 16 bytes need the two-byte form.</summary>
    public void BeginExtension(bool twoByte)
    {
        _packet[0] |= 0x10;
        _twoByte = twoByte;
        BinaryPrimitives.WriteUInt16BigEndian(
            _packet[Length..], twoByte ? RtpHeaderExtensionReader.TwoByteProfile : RtpHeaderExtensionReader.OneByteProfile);
        Length += 4;
        _extensionStart = Length;
    }

    /// <summary>Adds an extension element and returns its bytes to be filled in.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The element does not fit the form begun, or the span.</exception>
    public Span<byte> AddExtension(byte id, int length)
    {
        ArgumentOutOfRangeException.ThrowIfZero(_extensionStart, nameof(BeginExtension));
        ArgumentOutOfRangeException.ThrowIfZero(id);
        if (_twoByte)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThan(length, 255);
            _packet[Length++] = id;
            _packet[Length++] = (byte)length;
        }
        else
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThan(id, 14);
            ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)(length - 1), 15u, nameof(length));
            _packet[Length++] = (byte)((id << 4) | (length - 1));
        }

        var data = _packet.Slice(Length, length);
        Length += length;
        return data;
    }

    /// <summary>Pads the extension to whole words and writes its length (RFC 8285 §4.1).</summary>
    public void EndExtension()
    {
        while ((Length - _extensionStart) % 4 != 0)
        {
            _packet[Length++] = 0;
        }

        BinaryPrimitives.WriteUInt16BigEndian(_packet[(_extensionStart - 2)..], (ushort)((Length - _extensionStart) / 4));
    }
}
