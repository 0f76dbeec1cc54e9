namespace Parley.Signaling;

/// <summary>A description on its way to a peer.</summary>
/// <param name="To">Whom it is for.</param>
/// <param name="Description">The description.</param>
internal sealed record DescriptionEnvelope(string To, DescriptionContent Description);
