namespace Parley;

/// <summary>What CreateOffer or CreateAnswer made: the text, the sections it stands for, and the state it was made of.</summary>
internal sealed record CreatedDescription(SessionDescription Description, IReadOnlyList<MediaSection> Sections, long StateVersion)
{
    /// <summary>Of an answer, the text of the offer that it was made for.</summary>
    public string? OfferText { get; init; }

    /// <summary>New ICE credentials that the description announces, by the transport they are for.</summary>
    public IReadOnlyDictionary<PeerTransport, Ice.IceCredentials> RestartCredentials { get; init; } =
        new Dictionary<PeerTransport, Ice.IceCredentials>();
}
