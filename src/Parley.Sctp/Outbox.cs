using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Parley.Sctp.Wire;

namespace Parley.Sctp;

/// <summary>
/// What leaves beside data: packets of their own, and control chunks that wait for the next packet. It writes each packet's common header.
/// </summary>
internal sealed class Outbox(SctpOptions options, AssociationTally tally)
{
    // Answers to a peer that asks faster than this side sends are not kept for it.
    private const int MaxPacketsAlone = 8;

    private readonly RingQueue<byte[]> _packets = new();
    private byte[] _control = [];
    private int _controlLength;
    private bool _isCookieAckDue;
    private bool _isClosed;

    /// <summary>The verification tag of the peer; 0: not known.</summary>
    public uint PeerTag { get; set; }

    /// <summary>Whether packets to the peer go without a checksum (RFC 9653), those of the handshake and those alone excepted.</summary>
    public bool IsZeroChecksumUsed { get; set; }

    /// <summary>Whether no further packet is kept.</summary>
    public bool IsFull => _packets.Count >= MaxPacketsAlone;

    /// <summary>Whether a packet of its own waits.</summary>
    public bool HasPackets => _packets.Count > 0;

    /// <summary>Whether chunks wait for a packet.</summary>
    public bool HasChunks => _isCookieAckDue || _controlLength > 0;

    /// <summary>Takes the next packet of its own; 0: there is none.</summary>
    public int TryTake(Span<byte> destination)
    {
        if (!_packets.TryDequeue(out var packet))
        {
            return 0;
        }

        packet.CopyTo(destination);
        return CountSent(packet.Length);
    }

    /// <summary>Queues a packet with one chunk and a tag of its own; always with a checksum (RFC 9653 §5.2).</summary>
    public void SendAlone(ChunkType type, byte flags, scoped ReadOnlySpan<byte> value, uint tag)
    {
        var packet = new byte[CommonHeader.Length + ChunkReader.HeaderLength + Padding.RoundUp(value.Length)];
        var writer = new ChunkWriter(packet, CommonHeader.Length);
        value.CopyTo(writer.Begin(type, flags, value.Length));
        QueuePacket(packet, writer.Position, tag);
    }

    /// <summary>Queues a packet whose chunks are written; dropped when too many wait already.</summary>
    public void QueuePacket(byte[] packet, int length, uint tag)
    {
        if (!IsFull && !_isClosed)
        {
            WriteHeader(packet, length, tag, isZeroUsed: false);
            _packets.Enqueue(packet[..length]);
        }
    }

    /// <summary>Queues an ERROR chunk with one cause.</summary>
    public void QueueError(ErrorCauseCode code, scoped ReadOnlySpan<byte> information)
    {
        Span<byte> cause = stackalloc byte[4 + Padding.RoundUp(information.Length)];
        cause.Clear();
        BinaryPrimitives.WriteUInt16BigEndian(cause, (ushort)code);
        BinaryPrimitives.WriteUInt16BigEndian(cause[2..], (ushort)(4 + information.Length));
        information.CopyTo(cause[4..]);
        Queue(ChunkType.Error, cause);
    }

    /// <summary>Queues a chunk for the next packet; dropped when a packet is full of such already.</summary>
    public void Queue(ChunkType type, scoped ReadOnlySpan<byte> value)
    {
        if (_control.Length == 0)
        {
            _control = new byte[options.MaxPacketSize - CommonHeader.Length - ChunkReader.HeaderLength];
        }

        if (_control.Length - _controlLength >= ChunkReader.HeaderLength + Padding.RoundUp(value.Length))
        {
            var writer = new ChunkWriter(_control, _controlLength);
            value.CopyTo(writer.Begin(type, 0, value.Length));
            _controlLength = writer.Position;
        }
    }

    /// <summary>
    /// Queues a COOKIE ACK, which is the first chunk of its packet (RFC 9260 §5.1-D) and answers any number of COOKIE ECHOs.
    /// </summary>
    public void QueueCookieAck() => _isCookieAckDue = true;

    /// <summary>Writes the chunks that wait into a packet, as far as it has room.</summary>
    public void Write(ref ChunkWriter writer)
    {
        if (_isCookieAckDue)
        {
            _isCookieAckDue = false;
            writer.Begin(ChunkType.CookieAck, 0, 0);
        }

        if (_controlLength > 0 && _controlLength <= writer.Remaining)
        {
            writer.Append(_control.AsSpan(0, _controlLength));
            _controlLength = 0;
        }
    }

    /// <summary>Writes the header of a packet to the peer and counts it as sent.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Finish(Span<byte> packet, int length) => Finish(packet, length, PeerTag, IsZeroChecksumUsed);

    /// <summary>Writes the header of a packet, and counts it as sent.</summary>
    /// <returns>The length.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Finish(Span<byte> packet, int length, uint tag, bool isZeroUsed)
    {
        WriteHeader(packet, length, tag, isZeroUsed);
        return CountSent(length);
    }

    /// <summary>Writes the header of a packet that is sent later.</summary>
    public void WriteHeader(Span<byte> packet, int length) => WriteHeader(packet, length, PeerTag, IsZeroChecksumUsed);

    /// <summary>Counts a packet as sent.</summary>
    /// <returns>The length.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int CountSent(int length)
    {
        tally.PacketsSent++;
        tally.BytesSent += length;
        return length;
    }

    /// <summary>The association has ended: chunks have no packet any more to travel with. Packets of their own still leave.</summary>
    public void DropChunks()
    {
        _isCookieAckDue = false;
        _controlLength = 0;
    }

    /// <summary>Nothing more is taken.</summary>
    public void Close() => _isClosed = true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void WriteHeader(Span<byte> packet, int length, uint tag, bool isZeroUsed)
    {
        new CommonHeader(options.LocalPort, options.RemotePort, tag, 0).Write(packet);
        if (!isZeroUsed)
        {
            CommonHeader.WriteChecksum(packet[..length]);
        }
    }
}
