namespace Parley.Sdp;

/// <summary>One alternative of a simulcast stream.</summary>
/// <param name="Rid">The id of an <c>a=rid</c> line.</param>
/// <param name="IsPaused">Written with a tilde: it starts paused.</param>
public readonly record struct SimulcastStream(string Rid, bool IsPaused = false)
{
    /// <summary>The id, after a tilde if paused.</summary>
    public override string ToString() => IsPaused ? "~" + Rid : Rid;
}
