namespace Parley;

/// <summary>
/// Exceptions that the loops of this process have caught: each is a defect of Parley, whatever a peer sent. Tests want none.
/// </summary>
internal static class LoopFaults
{
    private static long s_count;

    public static long Count => Interlocked.Read(ref s_count);

    public static void Add() => Interlocked.Increment(ref s_count);
}
