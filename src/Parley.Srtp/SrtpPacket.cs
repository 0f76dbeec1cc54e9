namespace Parley.Srtp;

/// <summary>One packet of a batch, RTP or RTCP, in a buffer that the batch shares.</summary>
public struct SrtpPacket
{
    /// <summary>Where in the buffer it begins.</summary>
    public int Offset;

    /// <summary>Its bytes; afterwards those that it has become, or 0 when it is refused.</summary>
    public int Length;

    /// <summary>Afterwards, why it is refused; <see cref="SrtpError.None"/> when it is not.</summary>
    public SrtpError Error;
}
