namespace Parley.Tests.Glare;

/// <summary>What negotiates for a side of a glare simulation.</summary>
internal interface INegotiator : IAsyncDisposable
{
    /// <summary>Whether a step of its own is under way.</summary>
    bool IsBusy { get; }

    /// <summary>Whether it lets others make an offer and take it back before anybody hears of it.</summary>
    bool AllowsTakingBack { get; }

    /// <summary>Says that candidates of an offer that nobody will hear of are not to be sent.</summary>
    bool IsTakingBack { set; }
}
