namespace Parley;

/// <summary>How media is spread over transports when the peer may not bundle (RFC 9429 §4.1.1).</summary>
/// <remarks>RTCBundlePolicy.</remarks>
public enum BundlePolicy
{
    /// <summary>One transport for each kind of media; one for all if the peer bundles.</summary>
    Balanced,

    /// <summary>One transport for each section; one for all if the peer bundles.</summary>
    MaxCompat,

    /// <summary>One transport; a peer that does not bundle gets only the first section.</summary>
    MaxBundle,
}
