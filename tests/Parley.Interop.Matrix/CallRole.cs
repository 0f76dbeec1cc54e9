namespace Parley.Interop.Matrix;

/// <summary>What the foreign peer is in a call.</summary>
/// <param name="PeerFirst">Whether it makes the first offer; in every later step each side offers once.</param>
/// <param name="PeerPolite">Whether it is the polite one, which takes its own offer back when offers cross.</param>
public readonly record struct CallRole(bool PeerFirst, bool PeerPolite)
{
    /// <summary>All there are.</summary>
    public static readonly CallRole[] All = [new(false, false), new(false, true), new(true, false), new(true, true)];

    public override string ToString() => $"{(PeerFirst ? "offers first" : "answers first")}, {(PeerPolite ? "polite" : "impolite")}";
}
