namespace Parley.Interop.Peers;

/// <summary>How much may be lost on one machine.</summary>
public static class Loss
{
    // A browser measures its paths and moves to a better one several times in its first seconds. Parley takes nothing from an address
    // before a check to it has been answered, so what overtakes that answer on a busy machine is dropped. A gap of a restart or of a dead
    // path is many times as long.
    private const int Few = 3;

    /// <summary>Expects nothing to be lost but what overtook a check.</summary>
    /// <param name="lost">Packets lost, or gaps between frames.</param>
    /// <param name="standing">How things stand, for the failure.</param>
    /// <returns>What was lost, in words.</returns>
    public static string ExpectNone(long lost, string? standing = null)
    {
        Assert.True(lost <= Few, $"{lost} packets lost\n{standing}");
        return lost <= 0 ? "none lost" : $"{lost} lost while the path changed";
    }
}
