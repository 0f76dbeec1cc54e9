namespace Parley.Net;

/// <summary>
/// Order among numbers that wrap (RFC 1982). Each protocol wraps these in a type of its own (<c>Tsn</c>,
/// <c>SequenceNumber</c>); at a distance of exactly half the space, where the RFC leaves the order undefined, the
/// comparison is neither less nor greater in one direction only: it is decided by the sign bit, as RFC 9260 and RFC 3550 code does.
/// </summary>
public static class SerialNumber
{
    /// <summary>How far <paramref name="left"/> lies ahead of <paramref name="right"/>; negative when behind.</summary>
    public static short Difference(ushort left, ushort right) => (short)(left - right);

    /// <summary>How far <paramref name="left"/> lies ahead of <paramref name="right"/>; negative when behind.</summary>
    public static int Difference(uint left, uint right) => (int)(left - right);

    /// <summary>Whether <paramref name="left"/> comes after <paramref name="right"/>.</summary>
    public static bool IsAfter(ushort left, ushort right) => Difference(left, right) > 0;

    /// <summary>Whether <paramref name="left"/> comes after <paramref name="right"/>.</summary>
    public static bool IsAfter(uint left, uint right) => Difference(left, right) > 0;
}
