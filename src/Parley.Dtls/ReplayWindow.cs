namespace Parley.Dtls;

/// <summary>
/// The anti-replay window of one epoch (RFC 6347 §4.1.2.6), 128 records wide: datagrams travel in batches of forty and more, and
/// two batches may pass each other.
/// </summary>
internal struct ReplayWindow
{
    public const int Size = 128;

    // Bit 0 stands for _next - 1.
    private UInt128 _seen;
    private ulong _next;

    /// <summary>Whether a record may be new. Says nothing about whether it is genuine.</summary>
    public readonly bool MayAccept(ulong sequenceNumber)
    {
        if (sequenceNumber >= _next)
        {
            return true;
        }

        var age = _next - 1 - sequenceNumber;
        return age < Size && (_seen >> (int)age & 1) == 0;
    }

    /// <summary>Marks a record as seen, once it has authenticated.</summary>
    public void Accept(ulong sequenceNumber)
    {
        if (sequenceNumber >= _next)
        {
            var shift = sequenceNumber + 1 - _next;
            _seen = shift >= Size ? 0 : _seen << (int)shift;
            _next = sequenceNumber + 1;
        }

        _seen |= UInt128.One << (int)(_next - 1 - sequenceNumber);
    }
}
