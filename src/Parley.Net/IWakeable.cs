namespace Parley.Net;

/// <summary>Something that can be told that there is work for it.</summary>
public interface IWakeable
{
    /// <summary>Says that there may be work. Cheap, never blocks, callable from any thread and as often as one likes.</summary>
    void Wake();
}
