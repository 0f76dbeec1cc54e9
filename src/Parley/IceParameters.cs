namespace Parley;

/// <summary>The ICE credentials of one side (webrtc-pc §5.6.3).</summary>
/// <remarks>RTCIceParameters.</remarks>
/// <param name="UsernameFragment">The user-name fragment.</param>
/// <param name="Password">The password.</param>
/// <param name="IceLite">Whether the side is a lite implementation.</param>
public sealed record IceParameters(string UsernameFragment, string Password, bool IceLite = false)
{
    /// <inheritdoc/>
    public override string ToString() => $"IceParameters {{ UsernameFragment = {UsernameFragment} }}";
}
