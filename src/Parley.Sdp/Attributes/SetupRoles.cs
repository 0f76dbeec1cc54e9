namespace Parley.Sdp;

/// <summary>The text of a <see cref="SetupRole"/>.</summary>
public static class SetupRoles
{
    /// <summary>"actpass", "active", "passive" or "holdconn".</summary>
    public static string ToText(this SetupRole role) => role switch
    {
        SetupRole.Active => "active",
        SetupRole.Passive => "passive",
        SetupRole.HoldConn => "holdconn",
        _ => "actpass",
    };

    /// <summary>Reads a role, in capitals too, as browsers do.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out SetupRole role)
    {
        foreach (var known in (ReadOnlySpan<SetupRole>)[SetupRole.ActPass, SetupRole.Active, SetupRole.Passive, SetupRole.HoldConn])
        {
            if (text.Equals(known.ToText(), StringComparison.OrdinalIgnoreCase))
            {
                role = known;
                return true;
            }
        }

        role = default;
        return false;
    }
}
