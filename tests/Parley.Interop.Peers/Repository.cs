namespace Parley.Interop.Peers;

/// <summary>Where the sources are: the tests run from within.</summary>
public static class Repository
{
    /// <summary>The directory of Parley.slnx.</summary>
    public static string Root { get; } = Find();

    private static string Find()
    {
        for (DirectoryInfo? at = new(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            if (File.Exists(Path.Combine(at.FullName, "Parley.slnx")))
            {
                return at.FullName;
            }
        }

        throw new DirectoryNotFoundException("The tests run outside the repository.");
    }
}
