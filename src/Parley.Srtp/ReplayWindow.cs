using System.Runtime.CompilerServices;

namespace Parley.Srtp;

/// <summary>
/// Which of the latest indices were accepted (RFC 3711 §3.3.2, which asks for at least 64). A ring of words which is cleared
/// a word at a time as the highest index moves on, so that one packet costs bounded time however far it jumps.
/// </summary>
internal struct ReplayWindow
{
    private const int WordCount = 32;

    /// <summary>How far behind the highest an index may be: the word being filled does not count.</summary>
    public const int Length = (WordCount - 1) * 64;

    private Words _words;

    /// <summary>The highest index accepted; -1 before the first.</summary>
    public long Highest { get; private set; } = -1;

    /// <summary>An empty window.</summary>
    public ReplayWindow()
    {
    }

    /// <summary>A window of which only the highest index is known (-1: none): what is not newer counts as accepted.</summary>
    public static ReplayWindow From(long highest)
    {
        var window = new ReplayWindow();
        if (highest >= 0)
        {
            ((Span<ulong>)window._words).Fill(ulong.MaxValue);
            window._words[(int)(highest / 64 % WordCount)] = ulong.MaxValue >> (int)(63 - highest % 64);
            window.Highest = highest;
        }

        return window;
    }

    /// <summary>Whether a packet of that index, not below zero, may be accepted.</summary>
    public readonly SrtpError Check(long index)
    {
        if (index > Highest)
        {
            return SrtpError.None;
        }

        if (Highest - index >= Length)
        {
            return SrtpError.TooOld;
        }

        return (_words[(int)(index / 64 % WordCount)] & (1UL << (int)(index % 64))) != 0 ? SrtpError.Replayed : SrtpError.None;
    }

    /// <summary>Notes that a packet of that index, which passed <see cref="Check"/>, proved authentic.</summary>
    public void Accept(long index)
    {
        if (index > Highest)
        {
            var current = Highest < 0 ? -1 : Highest / 64;
            var target = index / 64;
            for (var word = Math.Max(current + 1, target - WordCount + 1); word <= target; word++)
            {
                _words[(int)(word % WordCount)] = 0;
            }

            Highest = index;
        }

        _words[(int)(index / 64 % WordCount)] |= 1UL << (int)(index % 64);
    }

    [InlineArray(WordCount)]
    private struct Words
    {
        private ulong _first;
    }
}
