namespace Parley.Sdp;

/// <summary>All that a section's <c>a=ssrc</c> lines say of one source.</summary>
/// <param name="Ssrc">The source.</param>
/// <param name="Cname">Its canonical name; null where not written.</param>
/// <param name="MediaStreamId">Its stream and track, as old peers write it; null where not written.</param>
public sealed record SsrcDescription(uint Ssrc, string? Cname, MediaStreamIdAttribute? MediaStreamId);
