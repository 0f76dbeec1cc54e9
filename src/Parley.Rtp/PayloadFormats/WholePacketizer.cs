namespace Parley.Rtp;

/// <summary>
/// One frame, one packet, as it is: Opus (RFC 7587 §4.2), PCMU, PCMA, G722 (RFC 3551 §4.5), telephone-event (RFC 4733), a user's own
/// payload.
/// </summary>
internal sealed class WholePacketizer : Packetizer
{
    private bool _done;

    public override bool AtEnd => _done;

    public override bool MarksFrameEnd => false;

    public override bool TryBegin(ReadOnlySpan<byte> frame, bool isKeyFrame, int maxPayload)
    {
        _done = false;
        return frame.Length <= maxPayload;
    }

    public override int Next(ReadOnlySpan<byte> frame, Span<byte> payload)
    {
        frame.CopyTo(payload);
        _done = true;
        return frame.Length;
    }
}
