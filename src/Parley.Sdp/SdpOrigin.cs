using System.Globalization;

namespace Parley.Sdp;

/// <summary>The <c>o=</c> line: who made the description and which version of it this is (RFC 8866 §5.2).</summary>
/// <param name="Username">The user's login name, "-" for none. No spaces.</param>
/// <param name="SessionId">Identifies the session; RFC 9429 §5.2.1 wants 63 random bits.</param>
/// <param name="SessionVersion">Grows by one with each changed description of the session (RFC 9429 §5.2.2).</param>
/// <param name="NetworkType">"IN".</param>
/// <param name="AddressType">"IP4" or "IP6".</param>
/// <param name="Address">An address or name that means nothing to WebRTC; "0.0.0.0" or "127.0.0.1".</param>
public sealed record SdpOrigin(
    string Username, ulong SessionId, ulong SessionVersion, string NetworkType = "IN", string AddressType = "IP4", string Address = "0.0.0.0")
{
    /// <summary>Reads the text after <c>o=</c>.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out SdpOrigin? origin)
    {
        origin = null;
        var fields = new SdpFields(text);
        if (!fields.TryNext(out var username) || !fields.TryNextUInt64(out ulong id) || !fields.TryNextUInt64(out ulong version)
            || !fields.TryNext(out var network) || !fields.TryNext(out var type) || !fields.TryNext(out var address) || !fields.IsAtEnd)
        {
            return false;
        }

        origin = new SdpOrigin(username.ToString(), id, version, network.ToString(), type.ToString(), address.ToString());
        return true;
    }

    /// <summary>The text after <c>o=</c>.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Username} {SessionId} {SessionVersion} {NetworkType} {AddressType} {Address}");
}
