namespace Parley;

/// <summary>A codec of the <see cref="CodecCatalog"/>.</summary>
/// <param name="Name">The encoding name of its rtpmap.</param>
/// <param name="ClockRate">Ticks per second.</param>
/// <param name="Channels">Channels; 0 for pictures.</param>
/// <param name="FormatParameters">Its fmtp.</param>
/// <param name="PreferredPayloadType">The payload type offered when it is free.</param>
/// <param name="Feedback">The RTCP feedback offered for it.</param>
internal sealed record CatalogEntry(string Name, int ClockRate, int Channels, string? FormatParameters, int PreferredPayloadType, IReadOnlyList<string> Feedback);
