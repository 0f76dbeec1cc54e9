namespace Parley.Net;

/// <summary>Something that can be told that there is work for it.</summary>
public interface IWakeable
{
    /// <summary>Says that there may be work. Cheap, never blocks, callable from any thread and as often as one likes.</summary>
    void Wake();

    /// <summary>
    /// As <see cref="Wake"/>, from a thread that waits for sockets and for which another one waits meanwhile: the work may be done within
    /// the call, which saves handing it to a thread that must be woken for it.
    /// </summary>
    void WakeHere() => Wake();
}
