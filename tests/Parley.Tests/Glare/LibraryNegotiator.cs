using Parley.Signaling;

namespace Parley.Tests.Glare;

/// <summary>The library's own <see cref="PerfectNegotiation"/>; a step that fails fails the simulation.</summary>
internal sealed class LibraryNegotiator : INegotiator
{
    private readonly PerfectNegotiation _negotiation;

    public LibraryNegotiator(PeerConnection connection, ISignalingChannel channel, bool polite)
    {
        _negotiation = new PerfectNegotiation(connection, channel, polite);
        _negotiation.Failed += (_, args) => throw new Xunit.Sdk.XunitException($"A step of perfect negotiation failed: {args.Exception}");
    }

    public bool IsBusy => false;

    public bool AllowsTakingBack => false;

    public bool IsTakingBack
    {
        set { }
    }

    public ValueTask DisposeAsync() => _negotiation.DisposeAsync();
}
