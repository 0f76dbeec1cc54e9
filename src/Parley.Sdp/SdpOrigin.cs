using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Parley.Sdp;

/// <summary>
/// The <c>o=</c> line: who made the description and which version of it this is (RFC 8866 §5.2). Its fields are opaque: peers write other
/// than numbers.
/// </summary>
/// <param name="Username">The user's login name, "-" for none. No spaces.</param>
/// <param name="SessionId">Identifies the session; RFC 9429 §5.2.1 wants 63 random bits.</param>
/// <param name="SessionVersion">Grows by one with each changed description of the session (RFC 9429 §5.2.2).</param>
/// <param name="NetworkType">"IN".</param>
/// <param name="AddressType">"IP4" or "IP6".</param>
/// <param name="Address">An address or name that means nothing to WebRTC; "0.0.0.0" or "127.0.0.1".</param>
public sealed record SdpOrigin(
    string Username, string SessionId, string SessionVersion, string NetworkType = "IN", string AddressType = "IP4",
    string Address = "0.0.0.0")
{
    /// <summary>An origin whose session and version are numbers.</summary>
    public SdpOrigin(string username, ulong sessionId, ulong sessionVersion)
        : this(username, sessionId.ToString(CultureInfo.InvariantCulture), sessionVersion.ToString(CultureInfo.InvariantCulture))
    {
    }

    /// <summary>Reads the text after <c>o=</c>: six fields, of which the last may be empty, as Chromium 156 has it.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, [NotNullWhen(true)] out SdpOrigin? origin)
    {
        origin = null;
        var fields = new SdpFields(text);
        if (!fields.TryNext(out var username) || !fields.TryNext(out var id) || !fields.TryNext(out var version)
            || !fields.TryNext(out var network) || !fields.TryNext(out var type)
            || (!fields.TryNext(out var address) && !text.EndsWith(' ')) || !fields.IsAtEnd)
        {
            return false;
        }

        origin = new SdpOrigin(
            username.ToString(), id.ToString(), version.ToString(), network.ToString(), type.ToString(), address.ToString());
        return true;
    }

    /// <summary>The text after <c>o=</c>.</summary>
    public override string ToString() => $"{Username} {SessionId} {SessionVersion} {NetworkType} {AddressType} {Address}";
}
