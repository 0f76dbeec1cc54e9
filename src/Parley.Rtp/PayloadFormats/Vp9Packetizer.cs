namespace Parley.Rtp;

/// <summary>
/// VP9 in RTP (RFC 9628 §4), in the non-flexible mode and with one layer: each payload has a 15-bit picture id and TL0PICIDX, and a key
/// frame's first one a scalability structure with the size and the pattern that all pictures follow, each of which refers to the one before
/// it. Fragments are of equal size.
/// </summary>
internal sealed class Vp9Packetizer(ushort pictureId, byte levelZeroIndex) : Packetizer
{
    private const int DescriptorLength = 5;
    private const int StructureLength = 8;

    private ushort _pictureId = pictureId;
    private byte _levelZeroIndex = levelZeroIndex;
    private Vp9FrameHeader _header;
    private bool _isKeyFrame;
    private int _sent;
    private int _packetsLeft;

    public override bool AtEnd => _packetsLeft == 0;

    public override bool TryBegin(ReadOnlySpan<byte> frame, bool isKeyFrame, int maxPayload)
    {
        var room = maxPayload - DescriptorLength;
        if (room <= StructureLength || frame.IsEmpty)
        {
            return false;
        }

        _pictureId = (ushort)((_pictureId + 1) & 0x7FFF);
        _levelZeroIndex++;
        _isKeyFrame = isKeyFrame;
        _header = default;
        if (isKeyFrame)
        {
            Vp9FrameHeader.TryParse(frame, out _header);
        }

        _sent = 0;
        _packetsLeft = (Structure + frame.Length + room - 1) / room;
        return true;
    }

    public override int Next(ReadOnlySpan<byte> frame, Span<byte> payload)
    {
        if (_packetsLeft == 0)
        {
            return 0;
        }

        // The structure counts like data of the first payload, which holds at least a byte of the frame besides.
        var structure = _sent == 0 ? Structure : 0;
        var left = structure + frame.Length - _sent;
        var count = Math.Max((left + _packetsLeft - 1) / _packetsLeft, structure + 1) - structure;
        var ends = _packetsLeft == 1;

        // I, P, L, B, E, V, Z; then M and the picture id; then the only layer; then TL0PICIDX.
        payload[0] = (byte)(0xA1 | (_isKeyFrame ? 0 : 0x40) | (_sent == 0 ? 0x08 : 0) | (ends ? 0x04 : 0) | (structure > 0 ? 0x02 : 0));
        payload[1] = (byte)(0x80 | (_pictureId >> 8));
        payload[2] = (byte)_pictureId;
        payload[3] = 0;
        payload[4] = _levelZeroIndex;
        if (structure > 0)
        {
            WriteStructure(payload[DescriptorLength..]);
        }

        frame.Slice(_sent, count).CopyTo(payload[(DescriptorLength + structure)..]);
        _sent += count;
        _packetsLeft--;
        return DescriptorLength + structure + count;
    }

    private int Structure => _isKeyFrame ? HasSize ? StructureLength : StructureLength - 4 : 0;

    private bool HasSize => _header is { IsKeyFrame: true, Width: <= ushort.MaxValue, Height: <= ushort.MaxValue };

    private void WriteStructure(Span<byte> payload)
    {
        // N_S 0, Y, G; the size; N_G 1: TID 0, R 1, P_DIFF 1.
        payload[0] = (byte)(0x08 | (HasSize ? 0x10 : 0));
        var at = 1;
        if (HasSize)
        {
            (payload[1], payload[2]) = ((byte)(_header.Width >> 8), (byte)_header.Width);
            (payload[3], payload[4]) = ((byte)(_header.Height >> 8), (byte)_header.Height);
            at = 5;
        }

        (payload[at], payload[at + 1], payload[at + 2]) = (1, 0x04, 1);
    }
}
