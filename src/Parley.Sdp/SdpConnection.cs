using System.Diagnostics.CodeAnalysis;

namespace Parley.Sdp;

/// <summary>The <c>c=</c> line: an address of the media (RFC 8866 §5.7). With ICE it is only a default, often 0.0.0.0.</summary>
/// <param name="Address">The address or name, verbatim, with a multicast TTL or count when there was one.</param>
/// <param name="AddressType">"IP4" or "IP6".</param>
/// <param name="NetworkType">"IN".</param>
public sealed record SdpConnection(string Address, string AddressType = "IP4", string NetworkType = "IN")
{
    /// <summary>
    /// Reads the text after <c>c=</c>. The address may be missing, or have more behind it: with ICE it is a default that nobody uses.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<char> text, [NotNullWhen(true)] out SdpConnection? connection)
    {
        connection = null;
        var fields = new SdpFields(text);
        if (!fields.TryNext(out var network) || !fields.TryNext(out var type) || (fields.IsAtEnd && !text.EndsWith(' ')))
        {
            return false;
        }

        connection = new SdpConnection(fields.Rest.ToString(), type.ToString(), network.ToString());
        return true;
    }

    /// <summary>The text after <c>c=</c>.</summary>
    public override string ToString() => $"{NetworkType} {AddressType} {Address}";
}
