using System.Diagnostics.CodeAnalysis;

namespace Parley.Sdp;

/// <summary>Where RTCP goes when it is not multiplexed, <c>a=rtcp</c> (RFC 3605 §2.1).</summary>
/// <param name="Port">0 to 65535; 9 where ICE decides.</param>
/// <param name="Address">The address; null where not written.</param>
public sealed record RtcpAttribute(int Port, SdpConnection? Address = null)
{
    /// <summary>Reads the text after <c>a=rtcp:</c>.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, [NotNullWhen(true)] out RtcpAttribute? rtcp)
    {
        rtcp = null;
        var fields = new SdpFields(text);
        SdpConnection? address = null;
        if (!fields.TryNextInt32(ushort.MaxValue, out int port) || (!fields.IsAtEnd && !SdpConnection.TryParse(fields.Rest, out address)))
        {
            return false;
        }

        rtcp = new RtcpAttribute(port, address);
        return true;
    }

    /// <summary>The text after <c>a=rtcp:</c>.</summary>
    public override string ToString() => Address is null ? SdpNumber.ToText(Port) : $"{SdpNumber.ToText(Port)} {Address}";
}
